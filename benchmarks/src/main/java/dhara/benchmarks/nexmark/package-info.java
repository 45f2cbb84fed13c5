/**
 * Queries of the Nexmark model, an online auction: people join, put items up for auction, and bid.
 *
 * <p>Each query is there three times: {@code Qn…}, written with Dhara's transforms; {@code
 * Qn…Native}, the same by hand as a Flink {@code DataStream}, in Flink's module; and in {@link
 * dhara.benchmarks.nexmark.Models} its meaning, in plain Java over the list of events, which both
 * must answer like.
 *
 * <p>The model is that of "NEXMark – A Benchmark for Queries over Data Streams" (Tucker, Tufte,
 * Papadimos, Maier), with the sizes and skews that Beam's and Flink's Nexmark have agreed on since.
 * The windows are theirs too: 10 seconds, sliding by 5.
 */
package dhara.benchmarks.nexmark;
