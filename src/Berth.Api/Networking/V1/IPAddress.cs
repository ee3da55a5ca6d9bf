using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>An address that is in use by a Service. Its name is the address.</summary>
[Kind("networking.k8s.io", "v1", "IPAddress")]
[Resource("ipaddresses", "ipaddress", Namespaced = false, ShortNames = "ip")]
public sealed partial record IPAddress
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Whose it is.</summary>
    [Field(2, Required = true)]
    public IPAddressSpec Spec { get; init; } = IPAddressSpec.Empty;
}
