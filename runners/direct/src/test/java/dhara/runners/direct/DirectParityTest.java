package dhara.runners.direct;

import dhara.parity.BackfillParity;

class DirectParityTest extends BackfillParity {}
