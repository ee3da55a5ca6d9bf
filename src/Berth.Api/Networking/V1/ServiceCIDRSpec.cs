using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record ServiceCIDRSpec
{
    [Field(1)]
    public ApiList<string> Cidrs { get; init; } = [];
}
