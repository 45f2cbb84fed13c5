package dhara.serving.views;

import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Rows of a view.
 *
 * @param view the name of the view
 * @param asKnownAt as it was asked; null for now
 * @param columns of the rows, in their order
 * @param rows the values of each row, in the order of the columns; a value may be null
 * @param next the cursor of the page that follows; null if this is the last
 */
public record ViewPage(
    String view,
    @Nullable Instant asKnownAt,
    List<ViewColumn> columns,
    List<List<@Nullable Object>> rows,
    @Nullable String next) {}
