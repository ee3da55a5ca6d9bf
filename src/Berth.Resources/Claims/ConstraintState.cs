using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>One constraint of a claim over the devices chosen so far. Devices leave in the reverse order of their coming.</summary>
internal sealed class ConstraintState(DeviceConstraint constraint)
{
    private readonly Stack<IReadOnlyList<string>> _chosen = new();
    private readonly bool _distinct = constraint.MatchAttribute is null;

    public string Attribute { get; } = constraint.MatchAttribute ?? constraint.DistinctAttribute ?? "";

    public string Text => $"{(_distinct ? "distinctAttribute" : "matchAttribute")} {Attribute}";

    public bool Covers(string request, string? alternative) =>
        constraint.Requests.IsEmpty || constraint.Requests.Contains(request)
        || (alternative is not null && constraint.Requests.Contains($"{request}/{alternative}"));

    /// <summary>False: with this device the constraint would not hold, and nothing was added.</summary>
    public bool TryAdd(PooledDevice device)
    {
        if (AttributeValues.Of(device, Attribute) is not { } values)
            return false;
        if (_distinct)
        {
            if (_chosen.Any(c => c.Any(values.Contains)))
                return false;
            _chosen.Push(values);
            return true;
        }

        // All have one value in common: what is left of it after each device.
        IReadOnlyList<string> shared = _chosen.TryPeek(out var before) ? [.. before.Where(values.Contains)] : values;
        if (shared.Count == 0)
            return false;
        _chosen.Push(shared);
        return true;
    }

    public void RemoveLast() => _chosen.Pop();
}
