package dhara.runners.direct;

import dhara.testkit.BackfillParity;

class DirectParityTest extends BackfillParity {}
