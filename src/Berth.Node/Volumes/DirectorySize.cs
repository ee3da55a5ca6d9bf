namespace Berth.Node.Volumes;

/// <summary>What a directory takes on its disk, about: lengths of files, links not followed.</summary>
public static class DirectorySize
{
    private static readonly EnumerationOptions _all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };

    public static long Of(string directory)
    {
        long total = 0;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", _all))
        {
            try
            {
                total += file.Length;
            }
            catch (FileNotFoundException)
            {
                // Deleted while we counted.
            }
        }

        return total;
    }
}
