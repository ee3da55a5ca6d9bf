using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NamespaceSpec
{
    [Field(1)]
    public ApiList<string> Finalizers { get; init; } = [];
}
