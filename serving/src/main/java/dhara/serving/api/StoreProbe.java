package dhara.serving.api;

import dhara.serving.views.ServedViews;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store answers a query. It is asked at most once a second, and by one thread, because
 * anybody may ask the server whether it is well.
 */
final class StoreProbe {

  private static final Logger LOG = LoggerFactory.getLogger(StoreProbe.class);

  private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

  /** A store that has not answered for so long does not answer. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  private final ServedViews views;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile long began = System.nanoTime() - FRESH;
  private volatile boolean well = true;

  StoreProbe(ServedViews views) {
    this.views = views;
  }

  /** Whether it answers, or did a moment ago. */
  boolean answers() {
    if (!asking.tryLock()) {
      return well && System.nanoTime() - began < PATIENCE;
    }
    try {
      if (System.nanoTime() - began >= FRESH) {
        began = System.nanoTime();
        well = asked();
      }
      return well;
    } finally {
      asking.unlock();
    }
  }

  private boolean asked() {
    try (Connection session = views.session();
        Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery("select 1")) {
      return row.next();
    } catch (SQLException e) {
      if (well) {
        LOG.error("The store does not answer", e);
      }
      return false;
    }
  }
}
