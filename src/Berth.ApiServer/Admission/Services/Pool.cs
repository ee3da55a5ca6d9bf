using Berth.Api;

namespace Berth.ApiServer.Admission.Services;

/// <summary>
/// Numbers from 0 on, each with at most one owner: those that stored services have, and those reserved for requests in flight.
/// Owned by <see cref="ServiceAllocation"/>, under its lock.
/// </summary>
/// <param name="size">How many numbers there are.</param>
/// <param name="reserved">The lowest numbers, given out unasked only when all others are taken.</param>
/// <param name="never">Numbers that are given out by request alone.</param>
internal sealed class Pool(int size, int reserved, HashSet<int> never)
{
    // A confirmed reservation is soon seen in the cache. One that is not, after so long, was deleted in between.
    private static readonly TimeSpan s_settleLimit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<int, ObjectKey> _observed = [];
    private readonly Dictionary<int, Reservation> _reservations = [];

    public void Clear() => _observed.Clear();

    public void Observe(int number, ObjectKey owner) => _observed[number] = owner;

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

    public bool Take(int number, ObjectKey owner)
    {
        if (IsTaken(number, owner))
            return false;
        _reservations[number] = new(owner, null);
        return true;
    }

    /// <summary>A number that nobody has, from a random place on; -1 when there is none.</summary>
    public int TakeNext(ObjectKey owner, Random random)
    {
        var number = Search(reserved, size, random);
        if (number < 0)
            number = Search(0, reserved, random);
        if (number >= 0)
            _reservations[number] = new(owner, null);
        return number;
    }

    public void GiveBack(int number, ObjectKey owner)
    {
        if (_reservations.TryGetValue(number, out var reservation) && reservation.Owner == owner)
            _reservations.Remove(number);
    }

    public void Confirm(int number, ObjectKey owner, DateTimeOffset now)
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

    private int Search(int first, int end, Random random)
    {
        var count = end - first;
        if (count <= 0)
            return -1;
        var start = random.Next(count);
        for (var i = 0; i < count; i++)
        {
            var number = first + ((start + i) % count);
            if (!never.Contains(number) && !_observed.ContainsKey(number) && !_reservations.ContainsKey(number))
                return number;
        }

        return -1;
    }

    // What the same service has, stored, it may ask for again; what another request was just given, nobody may.
    private bool IsTaken(int number, ObjectKey owner) =>
        (_observed.TryGetValue(number, out var observed) && observed != owner) || _reservations.ContainsKey(number);

    private sealed record Reservation(ObjectKey Owner, DateTimeOffset? ConfirmedAt);
}
