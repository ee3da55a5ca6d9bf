using Berth.Controllers.CronJobs;

namespace Berth.Controllers.Tests.CronJobs;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("* * * * *", "2026-03-01T12:00:30Z", "2026-03-01T12:01:00Z")]
    [InlineData("*/15 * * * *", "2026-03-01T12:00:00Z", "2026-03-01T12:15:00Z")]
    [InlineData("5/20 * * * *", "2026-03-01T12:26:00Z", "2026-03-01T12:45:00Z")]
    [InlineData("0 9-17/4 * * *", "2026-03-01T09:00:00Z", "2026-03-01T13:00:00Z")]
    [InlineData("30 4 1,15 * *", "2026-03-01T12:00:00Z", "2026-03-15T04:30:00Z")]
    [InlineData("0 0 * * MON-FRI", "2026-03-06T12:00:00Z", "2026-03-09T00:00:00Z")]
    [InlineData("0 0 13 * fri", "2026-03-01T12:00:00Z", "2026-03-06T00:00:00Z")]
    [InlineData("0 0 29 feb *", "2026-03-01T12:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("@hourly", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z")]
    [InlineData("@daily", "2026-03-01T12:00:00Z", "2026-03-02T00:00:00Z")]
    [InlineData("@weekly", "2026-03-01T12:00:00Z", "2026-03-08T00:00:00Z")]
    [InlineData("@yearly", "2026-03-01T12:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("@every 1h30m", "2026-03-01T12:00:10Z", "2026-03-01T13:30:10Z")]
    public void Next_Schedule_IsTheFirstTimeAfter(string schedule, string after, string expected) =>
        Assert.Equal(Time(expected), CronSchedule.Parse(schedule, TimeZoneInfo.Utc).Next(Time(after)));

    [Fact]
    public void Next_AnySchedule_AgreesWithTryingEachMinute()
    {
        var random = new Random(11);
        for (var round = 0; round < 50; round++)
        {
            var minute = random.Next(60);
            var hour = random.Next(24);
            var weekday = random.Next(7);
            var schedule = CronSchedule.Parse($"{minute} {hour} * * {weekday}", TimeZoneInfo.Utc);
            var time = Given.Now.AddMinutes(random.Next(100_000));
            var expected = time.AddMinutes(1);
            while (expected.Minute != minute || expected.Hour != hour || (int)expected.DayOfWeek != weekday)
                expected = expected.AddMinutes(1);

            Assert.Equal(expected, schedule.Next(time));
        }
    }

    [Fact]
    public void Next_NeverDue_IsNull() =>
        Assert.Null(CronSchedule.Parse("0 0 31 2 *", TimeZoneInfo.Utc).Next(Given.Now));

    [Fact]
    public void Next_ZoneSkipsTheHour_WaitsForTheNextDay()
    {
        var schedule = CronSchedule.Parse("30 2 * * *", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));

        // Clocks go from 2:00 to 3:00 on 29 March 2026.
        Assert.Equal(Time("2026-03-30T00:30:00Z"), schedule.Next(Time("2026-03-28T12:00:00Z")));
    }

    [Fact]
    public void Next_ZoneHasTheHourTwice_HourlyComesEachHour()
    {
        var schedule = CronSchedule.Parse("0 * * * *", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        var first = schedule.Next(Time("2026-10-24T23:30:00Z"))!.Value;

        Assert.Equal(Time("2026-10-25T00:00:00Z"), first);
        Assert.Equal(Time("2026-10-25T01:00:00Z"), schedule.Next(first));
    }

    [Theory]
    [InlineData("* * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* * * * 7")]
    [InlineData("5-1 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("x * * * *")]
    [InlineData("@often")]
    [InlineData("@every soon")]
    public void Parse_NotASchedule_Throws(string schedule) =>
        Assert.Throws<FormatException>(() => CronSchedule.Parse(schedule, TimeZoneInfo.Utc));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
