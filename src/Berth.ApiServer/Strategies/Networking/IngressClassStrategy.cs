using Berth.Api.Networking.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Networking;

public sealed class IngressClassStrategy : ResourceStrategy<IngressClass>
{
    public override IngressClass Default(IngressClass value) => value.Spec.Parameters is { Scope: null } parameters
        ? value with { Spec = value.Spec with { Parameters = parameters with { Scope = "Cluster" } } }
        : value;

    public override bool ChangesGeneration(IngressClass value, IngressClass old) => value.Spec != old.Spec;
}
