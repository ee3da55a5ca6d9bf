using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodDNSConfig
{
    [Field(1)]
    public ApiList<string> Nameservers { get; init; } = [];

    [Field(2)]
    public ApiList<string> Searches { get; init; } = [];

    [Field(3)]
    public ApiList<PodDNSConfigOption> Options { get; init; } = [];
}
