package dhara.transforms.decide;

import java.time.Instant;
import java.util.Map;

/**
 * What decisions have used.
 *
 * @param last the time of the last decision that added to it
 * @param amounts by item
 */
record Account(Instant last, Map<String, Long> amounts) {}
