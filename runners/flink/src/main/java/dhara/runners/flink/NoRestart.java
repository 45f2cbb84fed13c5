package dhara.runners.flink;

import com.google.auto.service.AutoService;
import dhara.ledger.StreamStopped;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * With checkpoints, Flink restarts a failed job without limit, unless this exception is among the
 * causes.
 */
@AutoService(StreamStopped.Final.class)
public final class NoRestart implements StreamStopped.Final {

  @Override
  public RuntimeException last(StreamStopped failure) {
    return new SuppressRestartsException(failure);
  }
}
