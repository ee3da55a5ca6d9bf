using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How pods are numbered.</summary>
public sealed partial record StatefulSetOrdinals
{
    /// <summary>Number of the first pod. Default: 0.</summary>
    [Field(1, Always = true)]
    public int Start { get; init; }
}
