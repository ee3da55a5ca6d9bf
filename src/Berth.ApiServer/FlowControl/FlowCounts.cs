namespace Berth.ApiServer.FlowControl;

/// <summary>What has become of one flow schema's requests. Owned by the <see cref="SeatPool"/>, under its lock.</summary>
internal sealed class FlowCounts(string schema)
{
    public string Schema { get; } = schema;

    public long Dispatched { get; set; }

    public long RefusedForQueueFull { get; set; }

    public long RefusedForNoSeat { get; set; }

    public long RefusedForTime { get; set; }

    public int Executing { get; set; }

    public int Waiting { get; set; }
}
