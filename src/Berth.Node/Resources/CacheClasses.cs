namespace Berth.Node.Resources;

/// <summary>
/// Classes of L3 cache and memory bandwidth, as whoever runs the machine has made them in resctrl. Berth puts containers into
/// them and makes none.
/// </summary>
public static class CacheClasses
{
    private const string Root = "/sys/fs/resctrl";

    private static readonly string[] s_own = ["info", "mon_groups", "mon_data"];

    public static bool Exist() => File.Exists(Path.Combine(Root, "schemata"));

    public static bool Has(string name) => name.Length > 0 && !name.Contains('/', StringComparison.Ordinal) && !name.StartsWith('.') && !s_own.Contains(name) && File.Exists(Path.Combine(Root, name, "tasks"));

    /// <summary>Moves threads that are not there yet; those they make later follow by themselves.</summary>
    public static void Put(string name, IEnumerable<int> pids)
    {
        var tasks = Path.Combine(Root, name, "tasks");
        var there = File.ReadLines(tasks).ToHashSet(StringComparer.Ordinal);
        foreach (var task in pids.SelectMany(TasksOf).Where(t => !there.Contains(t)))
        {
            try
            {
                File.WriteAllText(tasks, task);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }
    }

    private static IEnumerable<string> TasksOf(int pid)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{pid}/task").Select(d => Path.GetFileName(d))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
