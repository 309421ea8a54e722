# For scripts to source: Python packages in a folder of their own.

# install_python FOLDER [PIP'S OPTIONS]: installs what requirements.txt says, unless it is there.
install_python() {
    local folder=$1
    shift
    if cmp -s requirements.txt "$folder/requirements.txt"; then return; fi
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@" -r requirements.txt
    cp requirements.txt "$folder/"
}
