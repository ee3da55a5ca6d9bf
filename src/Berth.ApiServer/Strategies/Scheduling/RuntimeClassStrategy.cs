using Berth.Api.Node.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Scheduling;

public sealed class RuntimeClassStrategy : ResourceStrategy<RuntimeClass>
{
    public override bool HasGeneration => false;
}
