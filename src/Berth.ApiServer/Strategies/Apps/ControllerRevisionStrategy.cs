using Berth.Api.Apps.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Apps;

public sealed class ControllerRevisionStrategy : ResourceStrategy<ControllerRevision>
{
    public override bool HasGeneration => false;
}
