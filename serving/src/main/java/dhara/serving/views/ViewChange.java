package dhara.serving.views;

import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What one commit changed in one view. Removals come before upserts: a row may be in both.
 *
 * @param id grows with each change over all views, also over restarts
 * @param at when it was committed, on the wall clock
 * @param view the name of the view
 * @param upserts rows that are new or replace others: the values of all its columns in their order,
 *     those of {@link ViewColumn.Role#STATE} as of the commit
 * @param removals rows that are gone: the values of the columns of key and window, in their order
 */
public record ViewChange(
    long id,
    Instant at,
    String view,
    List<List<@Nullable Object>> upserts,
    List<List<@Nullable Object>> removals) {

  /** The number of rows in it. */
  public int size() {
    return upserts.size() + removals.size();
  }
}
