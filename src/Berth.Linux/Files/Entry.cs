namespace Berth.Linux.Files;

/// <summary>Names in directories.</summary>
public static class Entry
{
    /// <summary>Gives an entry another name, replacing what has it, in one step. Works on the entry itself: .NET's move follows symbolic links.</summary>
    /// <exception cref="LinuxException">With the path.</exception>
    public static void Rename(string from, string to)
    {
        if (Libc.Rename(from, to) != 0) throw LinuxException.Last($"rename {from} to", to);
    }
}
