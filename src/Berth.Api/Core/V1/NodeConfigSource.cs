using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeConfigSource
{
    [Field(2)]
    public ConfigMapNodeConfigSource? ConfigMap { get; init; }
}
