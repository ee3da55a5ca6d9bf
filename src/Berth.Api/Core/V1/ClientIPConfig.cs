using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ClientIPConfig
{
    [Field(1)]
    public int? TimeoutSeconds { get; init; }
}
