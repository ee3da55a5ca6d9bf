using Berth.Api.Discovery.V1;

namespace Berth.Controllers.Endpoints;

/// <summary>Writes that bring a Service's slices to what they should be.</summary>
public sealed class SlicePlan
{
    public List<EndpointSlice> Create { get; } = [];

    public List<EndpointSlice> Update { get; } = [];

    public List<EndpointSlice> Delete { get; } = [];

    public bool IsEmpty => Create.Count + Update.Count + Delete.Count == 0;
}
