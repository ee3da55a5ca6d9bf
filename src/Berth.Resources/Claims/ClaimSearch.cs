using System.Text;
using Berth.Api;

namespace Berth.Resources.Claims;

/// <summary>
/// Finds devices for all requests of all claims together: depth first, the most wanted alternative and the first device of
/// a pool first, one request after another.
/// </summary>
/// <remarks>
/// Of devices that are alike for every request and constraint, only the first free one is tried, so that many equal devices
/// cost no more than one. A search that still takes more than <see cref="StepsMax"/> steps gives up and says so.
/// </remarks>
internal sealed class ClaimSearch
{
    /// <summary>About a second. Real claims need a few steps for each device that they ask for.</summary>
    private const int StepsMax = 500_000;

    // As the API limits the results of one claim.
    private const int ResultsMax = 32;

    private readonly IReadOnlyList<IReadOnlyList<RequestOption>> _requests;
    private readonly IReadOnlyList<IReadOnlyList<ConstraintState>> _constraints;
    private readonly IReadOnlyList<PooledDevice> _devices;
    private readonly DevicesInUse _used;
    private readonly CounterLedger _counters;
    private readonly int[] _kinds;
    private readonly bool[] _given;
    private readonly int[] _shareCount;
    private readonly Dictionary<(int Device, string Capacity), Quantity> _shared = [];
    private readonly List<Choice> _chosen = [];
    private readonly int[] _ofClaim;
    private int _steps;
    private int _deepest = -1;

    /// <param name="requests">Of all claims, in order.</param>
    /// <param name="constraints">By claim.</param>
    public ClaimSearch(
        IReadOnlyList<IReadOnlyList<RequestOption>> requests,
        IReadOnlyList<IReadOnlyList<ConstraintState>> constraints,
        IReadOnlyList<PooledDevice> devices,
        DevicesInUse used,
        CounterLedger counters)
    {
        (_requests, _constraints, _devices, _used, _counters) = (requests, constraints, devices, used, counters);
        _given = new bool[devices.Count];
        _shareCount = new int[devices.Count];
        _ofClaim = new int[constraints.Count];
        _kinds = KindsOf();
    }

    public IReadOnlyList<Choice> Chosen => _chosen;

    /// <summary>What stood in the way of the request that was hardest to serve; set when <see cref="Run"/> failed.</summary>
    public (RequestOption Option, string Reason)? Obstacle { get; private set; }

    public bool Run() => Serve(0);

    private bool Exhausted => _steps >= StepsMax;

    private bool Serve(int request)
    {
        if (request == _requests.Count)
            return true;
        foreach (var option in _requests[request])
        {
            if (option.Impossible is { } why)
            {
                Note(option, request, why);
                continue;
            }

            if (option.All ? TakeAll(request, option) : Pick(request, option, 0, option.Count, []))
                return true;
            if (Exhausted)
                break;
        }

        return false;
    }

    private bool TakeAll(int request, RequestOption option)
    {
        var taken = 0;
        while (taken < option.Candidates.Count && Take(request, option, option.Candidates[taken]))
            taken++;
        if (taken == option.Candidates.Count && Serve(request + 1))
            return true;
        for (; taken > 0; taken--)
            GiveBack();
        return false;
    }

    /// <param name="from">Position among the candidates: which of them come first does not matter, so that one order is enough.</param>
    /// <param name="refused">Kinds of which one was passed over already: to take the second of two alike is to take the first.</param>
    private bool Pick(int request, RequestOption option, int from, long left, HashSet<int> refused)
    {
        if (left == 0)
            return Serve(request + 1);
        List<int>? added = null;
        var found = false;
        for (var i = from; i < option.Candidates.Count && !Exhausted; i++)
        {
            var device = option.Candidates[i];
            // One that an earlier request has is no longer like the others of its kind.
            if (refused.Contains(_kinds[device]) || (_given[device] && !option.IsAdmin))
            {
                if (_given[device])
                    Note(option, request, "the devices that match are needed for other requests of the pod");
                continue;
            }

            _steps++;
            if (Take(request, option, device))
            {
                if (Pick(request, option, _devices[device].IsShared ? i : i + 1, left - 1, refused))
                {
                    found = true;
                    break;
                }

                GiveBack();
            }

            if (refused.Add(_kinds[device]))
                (added ??= []).Add(_kinds[device]);
        }

        if (Exhausted)
            Note(option, int.MaxValue, "too many ways to choose among the devices; ask for fewer, or narrow the selectors");
        foreach (var kind in added ?? [])
            refused.Remove(kind);
        return found;
    }

    private bool Take(int request, RequestOption option, int position)
    {
        var device = _devices[position];
        if (_ofClaim[option.Claim] >= ResultsMax)
            return Refuse($"more than {ResultsMax} devices for one claim");
        if (!device.IsShared && _chosen.Exists(c => c.Device == position && c.Option.Claim == option.Claim))
            return Refuse("no device is given twice to the same claim");
        if (!option.IsAdmin && !device.IsShared && _given[position])
            return Refuse("the devices that match are needed for other requests of the pod");
        var share = device.IsShared ? option.Shares[position] : null;
        if (share is not null && !option.IsAdmin && share.FirstOrDefault(s => TooMuch(position, s.Key, s.Value)) is { Key: { } full })
            return Refuse($"the matching devices have too little {full} left");
        var constraints = _constraints[option.Claim];
        for (var i = 0; i < constraints.Count; i++)
        {
            if (!constraints[i].Covers(option.Request, option.Alternative) || constraints[i].TryAdd(device))
                continue;
            RemoveFrom(option, i);
            return Refuse($"no matching devices satisfy {constraints[i].Text}");
        }

        if (TakesCounters(option, position) && _counters.TryTake(device) is { } empty)
        {
            RemoveFrom(option, constraints.Count);
            return Refuse($"the counter {empty} has too little left for a device that matches");
        }

        if (!option.IsAdmin)
        {
            _given[position] |= !device.IsShared;
            _shareCount[position] += device.IsShared ? 1 : 0;
            foreach (var (name, amount) in share ?? [])
                _shared[(position, name)] = _shared.GetValueOrDefault((position, name)) + amount;
        }

        _ofClaim[option.Claim]++;
        _chosen.Add(new Choice(option, position, share));
        return true;

        bool Refuse(string reason)
        {
            Note(option, request, reason);
            return false;
        }
    }

    private void GiveBack()
    {
        var (option, position, share) = _chosen[^1];
        _chosen.RemoveAt(_chosen.Count - 1);
        _ofClaim[option.Claim]--;
        var device = _devices[position];
        if (!option.IsAdmin)
        {
            foreach (var (name, amount) in share ?? [])
                _shared[(position, name)] -= amount;
            _shareCount[position] -= device.IsShared ? 1 : 0;
            _given[position] &= device.IsShared;
        }

        if (TakesCounters(option, position))
            _counters.Return(device);
        RemoveFrom(option, _constraints[option.Claim].Count);
    }

    // All shares of a device together use its counters once.
    private bool TakesCounters(RequestOption option, int position) =>
        !option.IsAdmin && (!_devices[position].IsShared || (_shareCount[position] == 0 && !_used.HasShares(_devices[position].Id)));

    private bool TooMuch(int position, string capacity, Quantity amount)
    {
        var device = _devices[position];
        var used = _used.Consumed(device.Id, capacity) + _shared.GetValueOrDefault((position, capacity));
        return used + amount > device.Spec.Capacity[capacity].Value;
    }

    private void RemoveFrom(RequestOption option, int constraints)
    {
        for (var i = 0; i < constraints; i++)
        {
            if (_constraints[option.Claim][i].Covers(option.Request, option.Alternative))
                _constraints[option.Claim][i].RemoveLast();
        }
    }

    private void Note(RequestOption option, int depth, string reason)
    {
        if (depth <= _deepest)
            return;
        _deepest = depth;
        Obstacle = (option, reason);
    }

    private int[] KindsOf()
    {
        var all = _requests.SelectMany(r => r).ToList();
        var candidates = all.Select(o => o.Candidates.ToHashSet()).ToList();
        var attributes = _constraints.SelectMany(c => c).Select(c => c.Attribute).Distinct(StringComparer.Ordinal).ToList();
        var known = new Dictionary<object, int>();
        var kinds = new int[_devices.Count];
        var text = new StringBuilder();
        for (var i = 0; i < kinds.Length; i++)
        {
            var device = _devices[i];
            text.Clear();
            foreach (var option in candidates)
                text.Append(option.Contains(i) ? '1' : '0');
            foreach (var attribute in attributes)
                text.Append('\n').AppendJoin('\t', AttributeValues.Of(device, attribute) ?? ["-"]);
            object key = device.IsShared ? i : (device.Id.Driver, device.Id.Pool, device.Spec.ConsumesCounters, text.ToString());
            if (!known.TryGetValue(key, out var kind))
                known.Add(key, kind = known.Count);
            kinds[i] = kind;
        }

        return kinds;
    }

    /// <summary>One device for one request.</summary>
    public readonly record struct Choice(RequestOption Option, int Device, ApiMap<Quantity>? Share);
}
