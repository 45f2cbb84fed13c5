package dhara.transforms.model;

import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What became of a release: it is in force from its time on, or it is refused. Or a model was
 * removed.
 *
 * @param id the identity of the record
 * @param from when it was released or removed
 * @param model the name of the model
 * @param release what was offered; null for a removal
 * @param refusal why it is not in force; null if it is
 */
record ModelVerdict(
    String id,
    Instant from,
    String model,
    @Nullable ModelRelease release,
    @Nullable ModelRefusal refusal) {}
