package dhara.transforms.tally;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of a record that {@link TallyFn#of(Class,
 * org.apache.beam.sdk.transforms.SerializableFunction)} adds up: the greatest value is kept.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Max {}
