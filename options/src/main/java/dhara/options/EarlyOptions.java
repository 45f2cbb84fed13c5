package dhara.options;

import java.time.Duration;
import org.apache.beam.sdk.options.Description;

/** Answers of windows that are still open. */
public interface EarlyOptions extends LatenessOptions {

  @Description(
      "In a stream, emit answers of windows that are still open this often; each is a revision "
          + "that replaces the one before, e.g. --early=PT1S. By default a window is answered at "
          + "its end")
  Duration getEarly();

  void setEarly(Duration value);
}
