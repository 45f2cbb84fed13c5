package dhara.tools.replay;

import java.io.Closeable;
import java.io.IOException;

/** What lanes get their events from. */
interface Upstream extends Closeable {

  /**
   * Passes events on until a record of this lane is ready, or one of another lane that is due
   * before, or there are no more. In the last case it {@linkplain Lane#end ends} the lane.
   */
  void fill(Lane<?> lane) throws IOException;
}
