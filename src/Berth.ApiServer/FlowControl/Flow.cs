namespace Berth.ApiServer.FlowControl;

/// <summary>Where a request belongs.</summary>
/// <param name="Hash">Of the flow: requests with the same one are dealt the same queues.</param>
/// <param name="LevelUid">Empty for a level that is not stored.</param>
internal readonly record struct Flow(FlowRules.Schema Schema, SeatPool.Level Level, string LevelUid, ulong Hash);
