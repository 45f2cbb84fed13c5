package dhara.runners.flink;

import com.google.auto.service.AutoService;
import dhara.ledger.StreamStopped;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Flink starts a failed job again, with checkpoints endlessly, unless this is among the causes. */
@AutoService(StreamStopped.Final.class)
public final class NoRestart implements StreamStopped.Final {

  @Override
  public RuntimeException last(StreamStopped failure) {
    return new SuppressRestartsException(failure);
  }
}
