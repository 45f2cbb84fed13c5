package dhara.asof;

/**
 * A question with its answer.
 *
 * @param json the columns of the question, {@code answered_at}, and the columns of the answer, all
 *     of which are null if nothing was in force
 * @param answered whether something was
 */
public record AsOfRow(String json, boolean answered) {}
