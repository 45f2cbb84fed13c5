package dhara.serving.views;

import java.util.List;

/**
 * The changes after a given one.
 *
 * @param complete false if changes between are no longer known: the reader must read the views anew
 * @param last the id of the last change that is committed; where to continue
 * @param changes in the order of their ids; empty if not {@code complete}
 */
public record ViewChanges(boolean complete, long last, List<ViewChange> changes) {}
