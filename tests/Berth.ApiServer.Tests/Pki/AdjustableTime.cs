namespace Berth.ApiServer.Tests.Pki;

/// <summary>A clock that stands still until it is moved. Timers are the system's.</summary>
internal sealed class AdjustableTime(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public static AdjustableTime AtToday() => new(DateTimeOffset.UtcNow);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
