package dhara.pipelines.media.learning;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How good a model was in an hour: each example was scored before the model learned from it. What
 * is computed has six significant digits.
 *
 * @param examples impressions of which it became known whether they were clicked
 * @param clicks those that were
 * @param logLoss the mean of -log p of what came, in nats; 0.69 for a coin
 * @param auc how likely a clicked one had a higher score than another; null unless there are both
 * @param predictedRate the mean of the probabilities
 * @param rate {@code clicks / examples}
 * @param calibration {@code predictedRate / rate}; null without clicks
 */
public record ClickProgress(
    long examples,
    long clicks,
    double logLoss,
    @Nullable Double auc,
    double predictedRate,
    double rate,
    @Nullable Double calibration) {}
