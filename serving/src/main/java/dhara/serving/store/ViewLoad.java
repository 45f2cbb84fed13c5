package dhara.serving.store;

import java.util.List;
import java.util.Map;

/**
 * Rows from one place, to be merged into a view together with the positions after them.
 *
 * @param view the name of the view
 * @param place the name of the place in the store
 * @param rows in their order, as far as the place has one
 * @param ordered whether a later row replaces an earlier one with the same id and revision
 * @param finished whether the run that wrote them adds no further revisions
 * @param positions where reading continues
 */
public record ViewLoad(
    String view,
    String place,
    List<StoredRow> rows,
    boolean ordered,
    boolean finished,
    Map<String, String> positions) {}
