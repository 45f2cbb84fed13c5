package dhara.transforms.tally;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of a record that {@link TallyFn#of(Class,
 * org.apache.beam.sdk.transforms.SerializableFunction)} adds up: the value that came first in event
 * time is kept. Values have a time and an id ({@link dhara.events.Event}); if two have the same
 * time, the smaller id came first.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface First {}
