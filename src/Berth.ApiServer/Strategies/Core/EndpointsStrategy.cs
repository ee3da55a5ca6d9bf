using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Core;

public sealed class EndpointsStrategy : ResourceStrategy<Endpoints>
{
    public override bool AllowsCreateOnUpdate => true;

    public override bool HasGeneration => false;

    public override Endpoints Default(Endpoints value)
    {
        var subsets = value.Subsets.Map(s =>
        {
            var ports = s.Ports.Map(p => p.Protocol.Length > 0 ? p : p with { Protocol = "TCP" });
            return ReferenceEquals(ports, s.Ports) ? s : s with { Ports = ports };
        });
        return ReferenceEquals(subsets, value.Subsets) ? value : value with { Subsets = subsets };
    }
}
