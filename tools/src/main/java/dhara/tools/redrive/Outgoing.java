package dhara.tools.redrive;

import dhara.events.DeadLetter;

/**
 * A dead letter on its way.
 *
 * @param letter the letter
 * @param id its identity
 * @param attempt the number of the attempt, from 1
 * @param mended what is sent for each record that it stands for
 */
record Outgoing(DeadLetter letter, Digest id, int attempt, Mender.Mended mended) {}
