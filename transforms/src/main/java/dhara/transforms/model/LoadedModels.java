package dhara.transforms.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The models that the steps of a worker process have read. A thread takes a model for a batch and
 * gives it back, so each loaded one has one user at a time, and a process has as many of a version
 * as threads use it at once. A few that nobody uses are kept, those that were used last; all are
 * closed when the last step is torn down.
 */
final class LoadedModels {

  /** For the threads of a worker, and an old and a new version. */
  private static final int MOST_IDLE = 8;

  private static final LoadedModels OF_PROCESS = new LoadedModels();

  /** The one used last is first. */
  private final Deque<LoadedModel> idle = new ArrayDeque<>();

  private int steps;

  static LoadedModels ofProcess() {
    return OF_PROCESS;
  }

  /** A step begins to use models. */
  synchronized void open() {
    steps++;
  }

  /** A step has ended. */
  void release() {
    List<LoadedModel> left = new ArrayList<>();
    synchronized (this) {
      steps--;
      if (steps == 0) {
        left.addAll(idle);
        idle.clear();
      }
    }
    left.forEach(LoadedModel::close);
  }

  /** A model that only the caller uses until it gives it back. */
  LoadedModel take(ModelInForce of, List<String> features) {
    LoadedModel known = idle(of.sha256(), features);
    return known != null ? known : LoadedModel.load(of.uri(), of.sha256(), features);
  }

  private synchronized @Nullable LoadedModel idle(String sha256, List<String> features) {
    for (Iterator<LoadedModel> each = idle.iterator(); each.hasNext(); ) {
      LoadedModel model = each.next();
      if (model.is(sha256, features)) {
        each.remove();
        return model;
      }
    }
    return null;
  }

  void giveBack(LoadedModel model) {
    LoadedModel surplus = null;
    synchronized (this) {
      idle.addFirst(model);
      if (steps == 0 || idle.size() > MOST_IDLE) {
        surplus = idle.removeLast();
      }
    }
    if (surplus != null) {
      surplus.close();
    }
  }

  /** How many are open that nobody uses. */
  synchronized int idle() {
    return idle.size();
  }
}
