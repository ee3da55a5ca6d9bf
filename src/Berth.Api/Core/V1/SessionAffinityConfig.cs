using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record SessionAffinityConfig
{
    [Field(1)]
    public ClientIPConfig? ClientIP { get; init; }
}
