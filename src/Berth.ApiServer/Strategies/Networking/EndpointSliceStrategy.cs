using Berth.Api.Discovery.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Networking;

public sealed class EndpointSliceStrategy : ResourceStrategy<EndpointSlice>
{
    public override EndpointSlice Default(EndpointSlice value)
    {
        var ports = value.Ports.Map(p => p is { Name: not null, Protocol: not null }
            ? p
            : p with { Name = p.Name ?? "", Protocol = p.Protocol ?? "TCP" });
        return ReferenceEquals(ports, value.Ports) ? value : value with { Ports = ports };
    }

    public override bool ChangesGeneration(EndpointSlice value, EndpointSlice old) =>
        !value.Endpoints.Equals(old.Endpoints) || !value.Ports.Equals(old.Ports)
        || !value.Metadata.Labels.Equals(old.Metadata.Labels) || !value.Metadata.Annotations.Equals(old.Metadata.Annotations);

    public override void Validate(EndpointSlice value, FieldErrors errors)
    {
        BasicRules.RequiredOneOf(errors, FieldPath.Root["addressType"], value.AddressType, "FQDN", "IPv4", "IPv6");
        EndpointSliceRules.Ports(errors, FieldPath.Root["ports"], value.Ports);
        EndpointSliceRules.Endpoints(errors, FieldPath.Root["endpoints"], value);
    }

    public override void ValidateUpdate(EndpointSlice value, EndpointSlice old, FieldErrors errors) =>
        BasicRules.Unchanged(errors, FieldPath.Root["addressType"], value.AddressType, old.AddressType);
}
