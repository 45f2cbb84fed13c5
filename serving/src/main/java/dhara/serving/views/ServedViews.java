package dhara.serving.views;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * All views that are served: what stands between the store and its readers. Safe for use by many
 * threads. Reads see only what is committed, and never wait for the writer.
 */
public interface ServedViews {

  /**
   * Every view, sorted by name. A view whose columns are inferred from its rows ({@code
   * --view=NAME=…}) is missing until its first row was read.
   */
  List<ServedView> all();

  /**
   * A view.
   *
   * @throws BadQuery if there is none of this name
   */
  ServedView named(String view);

  /**
   * Rows of a view.
   *
   * @throws BadQuery if it cannot be answered
   * @throws SQLException if the store fails; also when the thread is interrupted
   */
  ViewPage query(ViewQuery query) throws SQLException;

  /**
   * A session for SQL in the store, to be closed by the caller. Its search path has one SQL view
   * per served view, named {@link ServedView#table}, with the columns of {@link ServedView#columns}
   * under their names. It is a session of the database, so whoever passes a user's text to it must
   * fence it: let through a single SELECT over these tables.
   */
  Connection session() throws SQLException;

  /**
   * The changes after a given id, oldest first.
   *
   * @param since the last id that the reader has; {@link #lastChange} to begin now
   * @param most stop after about this many rows
   */
  ViewChanges changes(long since, int most);

  /** The id of the last change that is committed; 0 if there was none. */
  long lastChange();

  /**
   * Waits for a change after a given id.
   *
   * @return whether there is one
   * @throws InterruptedException if the thread is interrupted
   */
  boolean awaitChange(long since, Duration atMost) throws InterruptedException;

  /** The state of all views. Cheap enough for once a second. */
  ServingStatus status();
}
