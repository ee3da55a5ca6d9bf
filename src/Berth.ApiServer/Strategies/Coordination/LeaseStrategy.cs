using Berth.Api.Coordination.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Coordination;

public sealed class LeaseStrategy : ResourceStrategy<Lease>
{
    public override bool AllowsCreateOnUpdate => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool HasGeneration => false;
}
