package dhara.connectors;

/**
 * Marks a transform that hands finished rows to another system, and may do so by the wall clock: no
 * answer depends on when a row is sent. The lint refuses timers of the wall clock elsewhere.
 */
public interface Delivers {}
