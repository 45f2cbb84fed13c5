/**
 * Anomalies of series of numbers: values beyond a limit, far from what is normal, or too regular;
 * sequences that match a pattern; and silence.
 *
 * <pre>
 *   events ─▶ by series, in the order of time ─▶ detectors ─▶ anomalies with a severity
 * </pre>
 *
 * <p>A {@link dhara.transforms.anomaly.Detector} is a small value, in plain Java: it judges the
 * next sample of a series by a few numbers that it remembers of those before. {@link
 * dhara.transforms.anomaly.DetectAnomalies} runs any number of them over the events of each key, in
 * streams and backfills.
 *
 * <p><b>Designs.</b> Two were considered:
 *
 * <ol>
 *   <li>a transform for each kind of detector, each keyed and ordered on its own, with a typed
 *       state. Each is simple, but a series with five detectors is put in order and kept in state
 *       five times, and detectors cannot be composed;
 *   <li>one {@link dhara.transforms.order.Fold} for all detectors of a series. The events are put
 *       in order once, and a composed detector (such as {@link dhara.transforms.anomaly.Quiet}) is
 *       a detector. The state must hold what unlike detectors remember, so it is a list of numbers
 *       for each and not a type for each.
 * </ol>
 *
 * <p>This is the second: order and state are what a series costs, and a list of numbers costs less
 * to encode than records would. Patterns are the exception. {@link
 * dhara.transforms.order.pattern.MatchPattern} remembers events and not numbers, so a pattern
 * follows the series in a fold of its own.
 *
 * <p><b>Determinism.</b> A sample is judged by those before it in the order of (event time, id),
 * and the arithmetic follows that order, so settled answers are a function of the set of events to
 * the last bit. Only the first sample of a series in a millisecond counts, because answers are
 * about milliseconds.
 */
package dhara.transforms.anomaly;
