namespace Berth.Network.Tests.Lab;

internal static class Eventually
{
    /// <summary>Asks until the answer is as expected; after ten seconds fails with what it was.</summary>
    public static async Task<T> Become<T>(Func<Task<T>> ask, Func<T, bool> expected)
    {
        var deadline = DateTime.UtcNow.AddSeconds(10);
        while (true)
        {
            var answer = await ask();
            if (expected(answer))
                return answer;
            if (DateTime.UtcNow > deadline)
                Assert.Fail($"still: {answer}");
            await Task.Delay(20);
        }
    }
}
