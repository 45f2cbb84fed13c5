package dhara.pipelines.payments;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A payment seen with those of its payer that came before it.
 *
 * @param id the payment's identity
 * @param at when it was attempted
 * @param payer who pays
 * @param merchant where, if it is a purchase
 * @param amountMinor the amount in minor units
 * @param payments1h how many payments were in the hour before it, at most 1,000
 * @param payments1d how many were in its hour of the clock and the 23 before
 * @param sum1dMinor their amounts together, in minor units
 * @param payments7d how many were in its hour and the 7 · 24 - 1 before
 * @param sum7dMinor their amounts together
 * @param payments30d how many were in its hour and the 30 · 24 - 1 before
 * @param sum30dMinor their amounts together
 * @param kmFromUsual kilometres from the payer's usual place, to the metre; null if one is unknown
 * @param deviceUnusedDays whole days since the payer has used this device, at most 90; null if the
 *     device is unknown, or the payer used none in that time
 * @param travelMinor the amount above which this payment and another are purchases within 10
 *     minutes but more than 10 km apart: the smaller of both, and the greatest of these; 0 for none
 * @param places5m in how many different places, about a kilometre wide, payments were made in the 5
 *     minutes up to it
 */
public record Features(
    String id,
    Instant at,
    String payer,
    @Nullable String merchant,
    long amountMinor,
    long payments1h,
    long payments1d,
    long sum1dMinor,
    long payments7d,
    long sum7dMinor,
    long payments30d,
    long sum30dMinor,
    @Nullable Double kmFromUsual,
    @Nullable Long deviceUnusedDays,
    long travelMinor,
    long places5m)
    implements Event {}
