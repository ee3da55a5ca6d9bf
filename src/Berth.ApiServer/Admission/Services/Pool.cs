using Berth.Api;

namespace Berth.ApiServer.Admission.Services;

/// <summary>
/// Numbers (ports, or addresses as numbers), each with at most one owner: those that stored objects have, and those reserved for
/// requests in flight. Owned by <see cref="ServiceAllocation"/>, under its lock.
/// </summary>
/// <param name="never">Numbers that are given out by request alone.</param>
internal sealed class Pool(HashSet<UInt128> never)
{
    // A confirmed reservation is soon seen in the cache. One that is not, after so long, was deleted in between.
    private static readonly TimeSpan s_settleLimit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<UInt128, ObjectKey> _observed = [];
    private readonly Dictionary<UInt128, Reservation> _reservations = [];

    public void Clear() => _observed.Clear();

    public void Observe(UInt128 number, ObjectKey owner) => _observed[number] = owner;

    /// <summary>Ends the reservations that stored services have taken over.</summary>
    public void Settle(DateTimeOffset now)
    {
        foreach (var (number, reservation) in _reservations.ToList())
        {
            if (reservation.ConfirmedAt is { } confirmed
                && ((_observed.TryGetValue(number, out var owner) && owner == reservation.Owner) || now - confirmed > s_settleLimit))
                _reservations.Remove(number);
        }
    }

    public bool Take(UInt128 number, ObjectKey owner)
    {
        if (IsTaken(number, owner))
            return false;
        _reservations[number] = new(owner, null);
        return true;
    }

    /// <summary>A number of the range that nobody has, from a random place on; null when there is none. The range's lowest numbers come last.</summary>
    public UInt128? TakeNext(NumberRange range, ObjectKey owner, Random random)
    {
        var number = Search(range, range.Reserved, range.Size, random) ?? Search(range, 0, range.Reserved, random);
        if (number is { } found)
            _reservations[found] = new(owner, null);
        return number;
    }

    public void GiveBack(UInt128 number, ObjectKey owner)
    {
        if (_reservations.TryGetValue(number, out var reservation) && reservation.Owner == owner)
            _reservations.Remove(number);
    }

    public void Confirm(UInt128 number, ObjectKey owner, DateTimeOffset now)
    {
        if (_reservations.TryGetValue(number, out var reservation) && reservation.Owner == owner)
            _reservations[number] = reservation with { ConfirmedAt = now };
    }

    public void ForgetReservations(ObjectKey owner)
    {
        foreach (var (number, reservation) in _reservations.ToList())
        {
            if (reservation.Owner == owner)
                _reservations.Remove(number);
        }
    }

    private UInt128? Search(NumberRange range, long first, long end, Random random)
    {
        var count = end - first;
        if (count <= 0)
            return null;
        var start = random.NextInt64(count);
        // No more than this many numbers can be taken: a free one is found before, or there is none.
        var tries = Math.Min(count, _observed.Count + _reservations.Count + never.Count + 1L);
        for (var i = 0L; i < tries; i++)
        {
            var number = range.First + (UInt128)(first + ((start + i) % count));
            if (!never.Contains(number) && !_observed.ContainsKey(number) && !_reservations.ContainsKey(number))
                return number;
        }

        return null;
    }

    // What the same service has, stored, it may ask for again; what another request was just given, nobody may.
    private bool IsTaken(UInt128 number, ObjectKey owner) =>
        (_observed.TryGetValue(number, out var observed) && observed != owner) || _reservations.ContainsKey(number);

    private sealed record Reservation(ObjectKey Owner, DateTimeOffset? ConfirmedAt);
}

/// <summary>Numbers in a row.</summary>
/// <param name="Reserved">How many of the lowest are given out unasked only when all others are taken.</param>
internal readonly record struct NumberRange(UInt128 First, long Size, long Reserved)
{
    public bool Contains(UInt128 number) => number >= First && number - First < (UInt128)Size;
}
