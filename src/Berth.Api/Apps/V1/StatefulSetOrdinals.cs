using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record StatefulSetOrdinals
{
    [Field(1, Always = true)]
    public int Start { get; init; }
}
