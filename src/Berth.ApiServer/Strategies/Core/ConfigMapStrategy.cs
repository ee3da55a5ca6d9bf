using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Core;

public sealed class ConfigMapStrategy : ResourceStrategy<ConfigMap>
{
    public override bool HasGeneration => false;
}
